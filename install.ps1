# Install Fusion Memory for this user: a virtual environment of its own, a command file, then `init`.
#
#   .\install.ps1 [-Yes] [-From PATH_OR_REQUIREMENT] [-Extras "local,service"] [-To FOLDER] [-DryRun]
#
# Nothing outside the folder is touched, and no rights of an administrator are needed.
[CmdletBinding()]
param(
    [switch]$Yes,
    [string]$From = "",
    [string]$Extras = "local,service",
    [string]$To = (Join-Path $env:LOCALAPPDATA "fusion-memory\program"),
    [switch]$DryRun
)
$ErrorActionPreference = "Stop"

function Invoke-Step([string]$Program, [string[]]$Words) {
    if ($DryRun) { Write-Output "+ $Program $($Words -join ' ')"; return }
    & $Program @Words
    if ($LASTEXITCODE -ne 0) { throw "$Program ended with $LASTEXITCODE." }
}

$Python = $null
foreach ($Candidate in @($env:PYTHON, "py", "python3", "python")) {
    if (-not $Candidate -or -not (Get-Command $Candidate -ErrorAction SilentlyContinue)) { continue }
    & $Candidate -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>$null
    if ($LASTEXITCODE -eq 0) { $Python = $Candidate; break }
}
if (-not $Python) { throw "There is no Python 3.11 or later. Fix: install one, or name it in the variable PYTHON." }

$Manifest = Join-Path $PSScriptRoot "pyproject.toml"
if (-not $From -and (Test-Path $Manifest) -and (Select-String -Quiet -Path $Manifest -Pattern '^name = "fusion-memory"')) {
    $From = $PSScriptRoot
}
$Wanted = if ($From) { $From } else { "fusion-memory" }
if ($Extras) { $Wanted = "$Wanted[$Extras]" }

Write-Output "Installing $Wanted into $To"
$Own = Join-Path $To "Scripts\python.exe"
$Command = Join-Path $To "Scripts\fusion-memory.exe"
Invoke-Step $Python @("-m", "venv", $To)
Invoke-Step $Own @("-m", "pip", "install", "--quiet", "--upgrade", "pip>=25.1")
Invoke-Step $Own @("-m", "pip", "install", "--quiet", "--upgrade", $Wanted)
if ($Yes) { Invoke-Step $Command @("init", "--yes") } else { Invoke-Step $Command @("init") }
Write-Output "Installed. Try: $Command demo"
