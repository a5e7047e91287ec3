import { afterEach, describe, expect, it } from 'vitest'
import { setLanguage } from '@/locale'
import { whose } from '@/locale/actors'

describe('who did something', () => {
  afterEach(async () => setLanguage('zh'))

  it('is a part of the platform in words, a person by their name', async () => {
    expect(whose('系统（calls）')).toBe('系统（叫应）')
    expect(whose('系统（test）')).toBe('系统（test）')
    expect(whose('吴军仁')).toBe('吴军仁')
    expect(whose(null)).toBe('')
    await setLanguage('en')
    expect(whose('系统（response-due）')).toBe('System (Response reminders)')
    expect(whose('公众')).toBe('The public')
    expect(whose('吴军仁')).toBe('吴军仁')
  })
})
