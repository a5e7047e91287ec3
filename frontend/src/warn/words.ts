/** How a warning is spoken of: its colour, what it does, what may be done with it. */
import { meta } from '@/api/meta'
import { msg, named, t } from '@/locale'
import type { Level } from '@/sense/levels'
import type { Received } from './shapes'

const COLOURS: Record<number, string> = {
  1: msg('红色'),
  2: msg('橙色'),
  3: msg('黄色'),
  4: msg('蓝色'),
}
const ROMAN: Record<number, string> = { 1: 'Ⅰ', 2: 'Ⅱ', 3: 'Ⅲ', 4: 'Ⅳ' }

export const colourName = (level: Level | undefined) => t(COLOURS[level ?? 0] ?? msg('不分级'))
export const roman = (level: Level | undefined) => ROMAN[level ?? 0] ?? ''

const ACTIONS: Record<string, string> = {
  alert: msg('发布'),
  issue: msg('发布'),
  update: msg('更新'),
  raise: msg('提升'),
  lower: msg('降低'),
  extend: msg('延长'),
  cancel: msg('解除'),
  withdraw: msg('撤销'),
  error: msg('更正'),
  ack: msg('回执'),
}
export const actionName = (action: string) => t(ACTIONS[action] ?? msg('发布'))

/** A hazard by its key, from the code table. */
export const hazardName = (key: string) =>
  named(
    meta.value?.codes.hazards?.rows.find(({ value }) => value === key),
    'label',
  )

const STATUSES: Record<string, string> = {
  exercise: msg('演练报文'),
  system: msg('系统报文'),
  test: msg('测试报文'),
  draft: msg('草稿报文'),
}
/** What a message is when it is not the day itself; "" for a real one. */
export const statusName = (status: string) => {
  const name = STATUSES[status]
  return name ? t(name) : ''
}

const FAULTS: Record<string, string> = {
  broken: msg('签名不成立'),
  missing: msg('少了签名'),
  stranger: msg('签名者不认识'),
}
/** What is wrong with a message's signature; '' where nothing is, or nothing is known of it. */
export function signatureFault(one: Pick<Received, 'signature' | 'signature_missing'>) {
  const key = one.signature_missing ? 'missing' : one.signature
  return { key, label: key in FAULTS ? t(FAULTS[key] ?? '') : '', grave: key !== 'stranger' }
}

/** GSM 03.38: characters of one short message in UCS-2, and of each part of a longer one. */
const WHOLE = 70
const PART = 67
export function segments(text: string): number {
  const { length } = text
  return length > WHOLE ? Math.ceil(length / PART) : Number(length > 0)
}

const WAYS: Record<string, string> = {
  push: msg('推送'),
  poll: msg('轮询'),
  paste: msg('粘贴录入'),
  manual: msg('人工录入'),
}
/** By which way a message came. */
export const wayName = (way: string) => t(WAYS[way] ?? msg('其他'))
