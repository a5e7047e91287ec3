/* eslint vue/one-component-per-file: off -- the page and the slot it stands in */
import { createApp, defineComponent, h, nextTick } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { afterEach, describe, expect, it } from 'vitest'
import { dropMeta, meta } from '@/api/meta'
import { session } from '@/api/session'
import type { Meta, Session } from '@/api/types'
import PageSlot from '@/shell/PageSlot.vue'
import { home, mayOpen } from '@/shell/places'

const may = (...rights: string[]) =>
  (meta.value = { rights, registers: [], layers: [], codes: {} } as unknown as Meta)
const ROLE = {
  role: 'audit-admin',
  title: '安全审计员',
  title_en: 'Auditor',
  region_name: '云屿县',
}
const Page = defineComponent({ render: () => h('h1', '事项的正文') })

/** What stands where the page of my obligations would. */
async function opened(): Promise<HTMLElement> {
  session.value = { user: { roles: [ROLE] } } as unknown as Session
  const routes = ['/obligations', '/journal'].map((path) => ({
    path,
    component: Page,
    meta: { title: path === '/journal' ? '留痕' : '我的事项' },
  }))
  const router = createRouter({ history: createMemoryHistory(), routes })
  await router.push('/obligations')
  const place = document.createElement('main')
  createApp(PageSlot, { page: Page }).use(router).mount(place)
  await nextTick()
  return place
}
afterEach(() => {
  dropMeta()
  session.value = null
})

describe('pages of a role', () => {
  it('are those its rights open, and pages nobody needs a right for', () => {
    may('journal.view')
    expect(mayOpen('/journal')).toBe(true)
    expect(mayOpen('/map')).toBe(false)
    expect(mayOpen('/warn/paste')).toBe(false)
    expect(mayOpen('/status')).toBe(true)
    expect(home()).toBe('/journal')
  })

  it('open to whoever may', async () => {
    may('obligations.view')
    expect((await opened()).textContent).toBe('事项的正文')
  })

  it('tell others calmly whom to ask, in the place of the page', async () => {
    may('journal.view')
    const place = await opened()
    expect(place.querySelector('h1')?.textContent).toBe('我的事项')
    expect(place.textContent).toContain('您没有查看此页的权限')
    expect(place.textContent).toContain('安全审计员 云屿县')
    expect(place.textContent).toContain('安全管理员授权')
    expect(place.querySelector('a.el-button')?.getAttribute('href')).toBe('/journal')
  })
})
