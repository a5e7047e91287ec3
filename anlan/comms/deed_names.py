"""What deeds on messages are called in the journal."""

from anlan.base.journal.deeds import name_deed

TOPIC = "message"

QUEUED = name_deed("comms.queued", "消息排队", "Queued messages")
SENT = name_deed("comms.sent", "发出消息", "Sent messages")
RESENT = name_deed("comms.resent", "重新发送", "Sent again")
CANCELLED = name_deed("comms.cancelled", "取消发送", "Cancelled messages")
CALLED = name_deed("comms.called", "登记通话", "Noted a call")
NUMBERS_READ = name_deed("comms.numbers_read", "查看叫应号码", "Read numbers to call")
RECEIVED = name_deed("comms.receipts", "收到回执", "Received receipts")
REPLIED = name_deed("comms.replied", "收到回复", "Received a reply")
SETTLED = name_deed("comms.reply_settled", "处理回复", "Settled a reply")
TESTED = name_deed("comms.tested", "畅通性测试", "Tested the numbers")
PLANNED = name_deed("comms.test_planned", "安排畅通性测试", "Planned a test of the numbers")
UNPLANNED = name_deed("comms.test_ended", "停止畅通性测试", "Ended a planned test")
TRIED = name_deed("comms.channel_tried", "试发渠道", "Tried a channel")
