/** What was said, and how calls stand, in words. */
import { msg, t } from '@/locale'

const SAID: Record<string, string> = {
  received: msg('已收到'),
  'on-post': msg('已到岗'),
  acted: msg('已行动'),
  'need-help': msg('需支援'),
}
export const saidName = (said: string) => {
  const name = SAID[said]
  return name ? t(name) : ''
}
export const REPLIES = ['received', 'on-post', 'need-help', 'acted'] as const

const STANDINGS: Record<string, string> = {
  vacant: msg('缺岗'),
  silent: msg('未应'),
  delivered: msg('已送达'),
  answered: msg('已签收'),
  reported: msg('已反馈'),
}
export const standingWord = (standing: string) => t(STANDINGS[standing] ?? msg('未应'))

export const WAYS = [
  { value: 'callback', label: msg('本人回电') },
  { value: 'call', label: msg('打电话问到') },
  { value: 'radio', label: msg('对讲机') },
  { value: 'visit', label: msg('上门见到') },
  { value: 'other', label: msg('其他') },
]
