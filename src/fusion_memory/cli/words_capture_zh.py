"""The words of the commands that capture logs, in Chinese; ``words_capture_en`` says the same in English."""

from __future__ import annotations

WORDS = {
    "ingest-log.short": "导入采集到的日志,去除噪声,并交代每条记录的去向",
    "ingest-log.help": (
        "FILE 每行是一条 JSON 消息(role、content、time、session_id、name、id、metadata),或者是文本日志,"
        "例如“2026-03-02 10:11 用户：……”。标识符、系统提醒、工具结果、进度等噪声会被略去,并按行号计数;"
        "人说的话会保留,并采用说话的时间。默认只取用户说的话。重复运行不会重复存入。用 add 添加的内容从不过滤。"
    ),
    "ingest-log.source": "日志文件,- 表示标准输入",
    "ingest-log.dry_run": "只说明会保留和略去什么",
    "ingest-log.with_assistant": "也保留助手说的话,可信度按助手计",
    "ingest-log.form": "auto 先看文件名,再看第一行(auto)",
    "ingest-log.role": "日志没有说明时的说话角色(user)",
    "ingest-log.time": "日志没有说明时的说话时间",
    "ingest-log.extra_fields": "把未知字段存为元数据,而不是拒绝",
    "ingest-log.dropped": "把略去的每段文本连同原因写入这个新文件,可由 add --file 读入",
    "ingest-log.encoding": "文件的编码(utf-8)",
    "ingest-log.examples": (
        "fusion-memory ingest-log chat.jsonl --dry-run\n"
        "fusion-memory ingest-log chat.jsonl --with-assistant --dropped left-out.jsonl\n"
        "tail -n 500 agent.log | fusion-memory ingest-log - --format text"
    ),
    "ingest-log.done": "检查了 {seen:,} 条记录:存入 {stored:,} 条,已有 {known:,} 条。",
    "ingest-log.would": "没有存入任何内容。{seen:,} 条记录中会保留 {kept:,} 条。",
    "ingest-log.left_out": "略去:{count:,} 条",
    "ingest-log.lines": "第 {lines} 行",
    "ingest-log.cut": "从保留的内容中剪去",
    "ingest-log.about": "保留的内容涉及",
    "ingest-log.empty": "里面没有内容。",
    "ingest-log.undated": "{count:,} 条记录没有时间;可用 --time 说明,否则以本次调用的时刻代替。",
    "ingest-log.dropped_exists": "{path} 已经存在。",
    "ingest-log.dropped_exists.why": "略去的内容写入新文件。没有存入任何内容。",
    "progress.screening": "检查",
    "unit.records": "条记录",
    "noise.terminal": "终端控制码",
    "noise.blob": "编码的文件和密钥",
    "noise.envelope": "信封和元数据",
    "noise.injected": "注入的指令和提醒",
    "noise.tool_output": "工具结果",
    "noise.scheduler": "定时任务和心跳",
    "noise.checkpoint": "检查点和会话标记",
    "noise.progress": "进度",
    "noise.identifier": "只有标识符",
    "noise.timestamp": "只有时间",
    "noise.separator": "分隔线",
    "noise.machine_log": "程序自己的日志行",
    "noise.command": "单独的命令",
    "noise.empty": "空的",
    "noise.no_words": "没有文字",
    "noise.says_nothing": "单独看没有内容",
    "noise.too_short": "太短",
    "noise.repeated": "重复的记录",
    "noise.role_user": "用户说的",
    "noise.role_assistant": "助手说的",
    "noise.role_tool": "来自工具",
    "noise.role_system": "来自系统",
    "noise.role_other": "不是消息",
    "category.task": "任务",
    "category.decision": "决定",
    "category.error": "错误",
    "category.preference": "偏好",
    "category.fact": "事实",
    "category.chat": "闲聊",
}
