/** Who did something, as people say it: the platform's own parts, the public, or a person. */
import { msg, t } from '.'

/** The parts of the platform that act by themselves, as the journal names them. */
const PARTS: Record<string, string> = {
  alarms: msg('报警'),
  calls: msg('叫应'),
  climb: msg('提级'),
  'command-line': msg('命令行'),
  comms: msg('消息收发'),
  demo: msg('演示'),
  duty: msg('值班'),
  erase: msg('个人信息销毁'),
  'evacuation-term': msg('转移期限'),
  expiring: msg('预警到期'),
  follow: msg('后续预警'),
  forecast: msg('预报'),
  forms: msg('滚动报表'),
  incidents: msg('突发事件'),
  papers: msg('公文材料'),
  proposals: msg('响应建议'),
  'regions-import': msg('地区导入'),
  replay: msg('重演'),
  respond: msg('应急响应'),
  'response-due': msg('响应提醒'),
  'response-steps': msg('预案步骤'),
  review: msg('台账复核'),
  reviews: msg('复盘评估'),
  sense: msg('监测'),
  setup: msg('首次设置'),
  warn: msg('预警'),
}
const OTHERS: Record<string, string> = {
  公众: msg('公众'),
  短信链接: msg('短信链接'),
  短信回复: msg('短信回复'),
}

/** A person's name stays as it is. */
export function whose(name: string | null | undefined): string {
  if (!name) return ''
  const part = /^系统（(.*)）$/.exec(name)?.[1]
  if (part !== undefined) return t('系统（{part}）', { part: t(PARTS[part] ?? part) })
  return name in OTHERS ? t(OTHERS[name]!) : name
}
