"""The error tree in Chinese: the title, reason and fix that ``core.errors`` says in English.

A test holds this file to the tree: every error has a title, a reason and a fix here.
"""

from __future__ import annotations

ERRORS = {
    "error": ("发生了错误。", "这不在预料之中,可能是 Fusion Memory 的缺陷。", "fusion-memory doctor"),
    "invalid_input": ("输入无法接受。", "没有存入或检索任何内容。", "更正输入后重试"),
    "empty_text": ("文本为空。", "空白文本没有可以记住或检索的内容。", "给出至少含有一个可见字符的文本"),
    "invalid_text": ("文本不是有效的 Unicode 文本。", "NUL 字节和孤立代理项无法原样保存和返回。", "先清理文本"),
    "text_too_long": ("文本太长。", "超过了单条记忆的上限。", "拆分文本,或调高设置 ingest.max_chars"),
    "invalid_scope": (
        "没有指明范围。",
        "每次调用都要指明工作区、用户、智能体或运行,这样记忆才不会混在一起。",
        "fusion-memory use --user 名字",
    ),
    "invalid_option": ("选项的值超出范围。", "没有存入或检索任何内容。", "更正后重试"),
    "invalid_time": (
        "时间无法识别。",
        "时间使用 ISO 8601 格式;不带时区时按 UTC 计。",
        "例如 2026-03-14T09:30:00+08:00",
    ),
    "invalid_metadata": ("元数据无法存为 JSON。", "元数据是 JSON 对象,最大 64 KiB。", "给出 JSON 对象"),
    "on_hold": (
        "这些记忆处于法律保留。",
        "被保留的内容既不归档也不删除;没有任何改动。",
        "fusion-memory policy show,然后解除保留,或凭管理权限越过它",
    ),
    "preview_outdated": (
        "策略现在要做的与预览不同。",
        "此后记忆或策略有变;没有任何改动。",
        "fusion-memory policy preview",
    ),
    "dataset_invalid": ("评测数据无法读取。", "文件不是公布的格式。", "fusion-memory eval --help"),
    "not_found": ("此范围内没有该对象。", "它从未存入、已被抹除,或属于另一个范围。", "fusion-memory history"),
    "access_denied": ("没有权限执行此操作。", "授权方拒绝了此范围内的操作。", "使用拥有该权限的身份调用"),
    "configuration": ("配置无法使用。", "有一个设置有误。", "fusion-memory config"),
    "unknown_setting": ("没有这个设置。", "未知的设置会被拒绝,以免拼写错误被忽略。", "fusion-memory config"),
    "invalid_setting": ("设置的值类型不对。", "有一个设置有误。", "fusion-memory config"),
    "utility_model_invalid": (
        "效用模型无法使用。",
        "不相符的模型会随意排序,因此被拒绝。",
        "重新训练:fusion-memory train-utility,或清空 retrieval.utility_model",
    ),
    "secret_in_file": ("配置文件中含有密钥。", "密钥只从环境变量读取,这样文件可以共享。", "fusion-memory config"),
    "storage": ("数据库拒绝了操作。", "没有写入一半的内容:事务已回滚。", "fusion-memory doctor"),
    "database_locked": (
        "数据库被另一个进程锁定。",
        "另一个进程持有写锁的时间超过了 storage.busy_timeout_s。",
        "等待另一个进程,或调高设置 storage.busy_timeout_s",
    ),
    "database_read_only": (
        "数据库不可写。",
        "当前用户没有该文件或其目录的写权限。",
        "授予写权限,或用 --db 选择别的文件",
    ),
    "database_too_new": (
        "数据库由更新版本的 Fusion Memory 写入。",
        "本程序不认识它的结构;没有改动它。",
        'pip install --upgrade "fusion-memory[local]"',
    ),
    "database_corrupt": ("数据库已损坏。", "完整性检查未通过。", "fusion-memory restore BACKUP"),
    "not_a_database": (
        "该文件不是 Fusion Memory 数据库。",
        "它是别的文件、别的程序的数据库,或已加密而没有给出密钥。",
        "用 --db 选择别的文件",
    ),
    "wrong_key": (
        "无法用此密钥解密数据库。",
        "没有写入一半的内容:事务已回滚。",
        "把 FUSION_MEMORY_STORAGE_KEY 设为创建数据库时的密钥",
    ),
    "disk_full": ("磁盘已满。", "没有写入一半的内容:事务已回滚。", "腾出空间后重试:重复调用是安全的"),
    "backup_invalid": ("备份无法使用。", "校验未通过;当前数据库没有改动。", "选择别的备份文件"),
    "model": ("模型出错。", "内容已存入,可按关键词检索;模型恢复后会补上向量。", "fusion-memory doctor"),
    "model_unavailable": (
        "无法加载模型。",
        "内容已存入,可按关键词检索;模型恢复后会补上向量。",
        'pip install "fusion-memory[local]"',
    ),
    "model_timeout": (
        "模型没有及时响应。",
        "内容已存入,可按关键词检索;模型恢复后会补上向量。",
        "调高设置 embedding.timeout_s,或检查服务地址",
    ),
    "embedding_failed": (
        "模型没有返回可用的向量。",
        "内容已存入,可按关键词检索;模型恢复后会补上向量。",
        "fusion-memory reindex",
    ),
    "rerank_failed": (
        "重排模型没有返回可用的得分。",
        "结果保持重排之前的顺序。",
        "检查重排设置:fusion-memory config reranker",
    ),
    "dimension_mismatch": (
        "嵌入模型的维度与向量空间不符。",
        "不同维度的向量无法比较;从不填充或截断。",
        "把 embedding.model 设为该空间的模型,或建立新空间:fusion-memory reindex",
    ),
    "language_model_failed": (
        "语言模型没有给出可用的回复。",
        "说过的话已存入,并由内置规则读取。",
        "检查 llm.model 和 llm.endpoint,然后运行 fusion-memory doctor",
    ),
    "prompt_refused": (
        "语言模型的服务器拒绝了此请求。",
        "说过的话已存入,并由内置规则读取。",
        "检查 llm.model 和文本长度",
    ),
    "service_closed": ("记忆服务已关闭。", "已调用 close(),或已离开 with 代码块。", "重新打开 MemoryService"),
    "file": ("文件无法使用。", "被操作系统拒绝。", "检查路径和权限"),
    "service_failed": ("服务没有按要求运行。", "它是一个独立的进程。", "fusion-memory status,fusion-memory logs"),
    "already_running": (
        "服务已经在运行。",
        "每个主目录只有一个服务。",
        "fusion-memory status;要结束它:fusion-memory stop",
    ),
}
