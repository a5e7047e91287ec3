import { createApp, nextTick } from 'vue'
import { afterEach, describe, expect, it } from 'vitest'
import { session } from '@/api/session'
import type { Session } from '@/api/types'
import { setLanguage } from '@/locale'
import WorkspaceStrip from '@/shell/WorkspaceStrip.vue'

afterEach(async () => {
  session.value = null
  await setLanguage('zh')
})

describe('the strip of an exercise', () => {
  it('names it in the language of the page', async () => {
    const titles = { title: '台风“利奇马”重演', title_en: 'Replay of typhoon Lekima' }
    session.value = { workspace: { kind: 'exercise', ...titles } } as unknown as Session
    const place = document.createElement('div')
    createApp(WorkspaceStrip).mount(place)
    expect(place.querySelector('span')?.textContent).toContain(titles.title)
    await setLanguage('en')
    await nextTick()
    expect(place.querySelector('span')?.textContent).toContain(titles.title_en)
    expect(place.textContent).not.toMatch(/\p{Script=Han}/u)
  })
})
