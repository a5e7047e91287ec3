/** How bad an alarm is, in words and in the four reserved colours. */
import { msg, t } from '@/locale'
import './levels.css'

/** 1 red (the worst) to 4 blue; null: the rule gives none. */
export type Level = 1 | 2 | 3 | 4 | null

const NAMES: Record<number, string> = {
  1: msg('一级'),
  2: msg('二级'),
  3: msg('三级'),
  4: msg('四级'),
}
const COLOURS: Record<number, string> = {
  1: msg('红'),
  2: msg('橙'),
  3: msg('黄'),
  4: msg('蓝'),
}
export const LEVELS: Level[] = [1, 2, 3, 4, null]

export const levelClass = (level: Level | undefined) => `l${level ?? 0}`
export const levelName = (level: Level | undefined) => t(NAMES[level ?? 0] ?? msg('不分级'))
export const levelColour = (level: Level | undefined) => t(COLOURS[level ?? 0] ?? '')
/** For sorting: the worst first, without a level last. */
export const levelRank = (level: Level | undefined) => level ?? 9

const HUES: Record<number, string> = {
  1: '--warn-red',
  2: '--warn-orange',
  3: '--warn-yellow',
  4: '--warn-blue',
}

/** The colour as a map or a canvas takes it; `fallback` names the token of no level. */
export function levelPaint(level: Level | undefined, fallback = '--ink-3'): string {
  const style = getComputedStyle(document.documentElement)
  return style.getPropertyValue(HUES[level ?? 0] ?? fallback).trim()
}

/** Ink that is legible on the level's colour. */
export const levelInk = (level: Level | undefined) =>
  level === 2 || level === 3 ? '#1d1402' : '#ffffff'
