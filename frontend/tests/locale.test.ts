import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { setLanguage, t, named } from '@/locale'
import { moment, span } from '@/locale/figures'
import { allSentences, sentencesOf, SOURCE } from './sentences'

const english = JSON.parse(readFileSync(join(SOURCE, 'locale', 'en.json'), 'utf8')) as Record<
  string,
  string
>
const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort()

describe('the English catalogue', () => {
  it('has every sentence the source speaks', () => {
    const spoken = allSentences()
    expect(spoken.size).toBeGreaterThan(300)
    expect([...spoken].filter((sentence) => !(sentence in english))).toEqual([])
  })

  it('has no sentence that nobody speaks any more', () => {
    const spoken = allSentences()
    expect(Object.keys(english).filter((sentence) => !spoken.has(sentence))).toEqual([])
  })

  it('keeps the named places of every sentence', () => {
    const wrong = Object.entries(english).filter(
      ([zh, en]) => holes(zh).join() !== holes(en).join(),
    )
    expect(wrong).toEqual([])
  })

  it('holds no Chinese', () => {
    expect(Object.values(english).filter((text) => /[\u4e00-\u9fff]/.test(text))).toEqual([])
  })
})

describe('the collector of sentences', () => {
  it('finds literals across lines and leaves other functions alone', () => {
    const text = "t(\n  '甲',\n) + msg('乙') + wait('丙') + set.t('丁') + t('戊 {n}', { n })"
    expect(sentencesOf(text)).toEqual(['甲', '乙', '戊 {n}'])
  })
})

describe('speaking', () => {
  beforeEach(async () => setLanguage('zh'))

  it('fills named places and changes language at run time', async () => {
    expect(t('逾期 {n}', { n: 3 })).toBe('逾期 3')
    await setLanguage('en')
    expect(t('逾期 {n}', { n: 3 })).toBe('3 late')
    expect(document.documentElement.lang).toBe('en')
  })

  it('takes the label of the language and falls back to Chinese', async () => {
    expect(named({ label: '镇', label_en: 'town' }, 'label')).toBe('镇')
    await setLanguage('en')
    expect(named({ label: '镇', label_en: 'town' }, 'label')).toBe('town')
    expect(named({ label: '镇', label_en: '' }, 'label')).toBe('镇')
    expect(named(null)).toBe('')
  })

  it('tells times in Shanghai and unknown ones as a dash', () => {
    expect(moment('2026-07-14T19:20:00Z')).toBe('2026-07-15 03:20')
    expect(moment('2026-07-14T16:00:00Z')).toBe('2026-07-15 00:00')
    expect(moment(null)).toBe('—')
    expect(span(-3 * 3_600_000 - 120_000)).toBe('3 小时 2 分')
  })
})
