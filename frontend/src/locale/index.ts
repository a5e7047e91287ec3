/**
 * Two languages; the message id is the Chinese sentence itself.
 *
 * `t(sentence, { n })` looks the sentence up in en.json when the language is English. A test
 * collects every literal given to `t` and `msg` and fails when en.json lacks one.
 */
import { computed, ref } from 'vue'
import { wire } from '@/api/client'

export type Language = 'zh' | 'en'
type Values = Record<string, string | number>

const KEY = 'anlan.language'
const english = ref<Record<string, string>>({})
export const language = ref<Language>('zh')
export const isEnglish = computed(() => language.value === 'en')

function stored(): Language {
  try {
    return localStorage.getItem(KEY) === 'en' ? 'en' : 'zh'
  } catch {
    return 'zh'
  }
}

export async function setLanguage(next: Language): Promise<void> {
  if (next === 'en' && !Object.keys(english.value).length) {
    english.value = (await import('./en.json')).default
  }
  language.value = next
  wire.language = next
  document.documentElement.lang = next === 'en' ? 'en' : 'zh-CN'
  try {
    localStorage.setItem(KEY, next)
  } catch {
    // The choice then lasts for this page only.
  }
}

export const initLanguage = () => setLanguage(stored())

/** Marks a sentence for the catalogue where it is declared before it is shown. */
export const msg = (sentence: string) => sentence

export function t(sentence: string, values: Values = {}): string {
  const text = language.value === 'en' ? (english.value[sentence] ?? sentence) : sentence
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

/** Names one after the other, parted as the language parts them. */
export const listed = (names: string[]) => names.join(language.value === 'en' ? ', ' : '、')

/** Picks the label of a thing the server names in both languages. */
export function named(thing: object | null | undefined, key = 'title'): string {
  if (!thing) return ''
  const labels = thing as Record<string, unknown>
  const other = labels[`${key}_en`]
  return String((language.value === 'en' && other) || (labels[key] ?? ''))
}
