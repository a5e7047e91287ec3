import { msg } from '@/locale'

/** What the menu offers of the duty desk. */
export const DUTY = [
  { to: '/desk/log', icon: 'log', title: msg('值班日志') },
  { to: '/desk/handover', icon: 'handover', title: msg('交接班') },
  { to: '/desk/roll-calls', icon: 'roll', title: msg('点名查岗') },
]

export const dutyNeeds: Record<string, string[]> = {
  '/desk/log': ['duty-log.view'],
  '/desk/handover': ['duty-log.view'],
  '/desk/roll-calls': ['roll-calls.view'],
}
