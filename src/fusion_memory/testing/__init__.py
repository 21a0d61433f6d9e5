"""What tests need and ship with the package: fakes, a conformance suite, and campaigns that break things."""
