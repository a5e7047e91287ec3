/** Loss figures in words, and the survey that names them. */
import { api } from '@/api/client'
import { useResource } from '@/design/resource'
import { language, msg, named, t } from '@/locale'
import type { Field, Named, Survey } from './shapes'

/** "1,200.5"; unknown is said, not shown as nothing. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined) return t('未知')
  return value.toLocaleString(language.value === 'en' ? 'en-GB' : 'zh-CN', {
    maximumFractionDigits: 2,
  })
}

/** With its sign, as a difference is told; nothing for none. */
export const change = (value: number | null) =>
  value ? `${value > 0 ? '+' : '−'}${figure(Math.abs(value))}` : ''

const LEVELS: Record<number, string> = {
  1: msg('一级'),
  2: msg('二级'),
  3: msg('三级'),
  4: msg('四级'),
}
export const levelName = (level: number) => t(LEVELS[level] ?? '')

export const unitOf = (one: { unit: string; unit_en: string }) =>
  language.value === 'en' ? one.unit_en : one.unit

export const nameOf = (list: Named[] | undefined, code: string) =>
  named(
    list?.find((one) => one.code === code),
    'name',
  )

/** The survey's figures, asked once a page. */
export function useSurvey() {
  const survey = useResource((signal) => api.get<Survey>('/losses/survey', {}, signal))
  void survey.load()
  return survey
}

/** The figures of each group, in the survey's order. */
export function grouped(survey: Survey): { group: Named; fields: Field[] }[] {
  return survey.groups.map((group) => ({
    group,
    fields: survey.fields.filter((one) => one.group === group.code),
  }))
}
