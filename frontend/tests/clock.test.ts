import { createApp, nextTick, type App } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { loadSession, pace } from '@/api/session'
import HeaderClock from '@/shell/HeaderClock.vue'

const BEGUN = Date.parse('2019-08-09T14:00:00Z') // 22:00 in Beijing
let app: App
let told: { now: number; speed: number; kind: string }

function mounted(): HTMLElement {
  const place = document.createElement('div')
  app = createApp(HeaderClock)
  app.mount(place)
  return place
}
const timeOf = (place: HTMLElement) => place.querySelector('b')?.textContent
const paceOf = (place: HTMLElement) => place.querySelector('i')?.textContent

async function passes(milliseconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds)
  await nextTick()
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance', 'Date'] })
  told = { now: BEGUN, speed: 1, kind: 'live' }
  vi.stubGlobal('fetch', () => {
    const clock = { now: new Date(told.now).toISOString(), speed: told.speed }
    const body = { csrf: '', user: null, workspace: { kind: told.kind, clock } }
    return Promise.resolve(new Response(JSON.stringify(body), { status: 200 }))
  })
})

afterEach(() => {
  app.unmount()
  vi.useRealTimers()
  vi.unstubAllGlobals()
  pace.value = 1
})

describe('the clock in the head', () => {
  it("tells the workspace's time, not this machine's, and goes on by itself", async () => {
    vi.setSystemTime(new Date('2001-01-01T00:00:00Z'))
    await loadSession()
    const place = mounted()
    expect(timeOf(place)).toBe('22:00:00')
    await passes(61_000)
    expect(timeOf(place)).toBe('22:01:01')
    expect(paceOf(place)).toBeUndefined()
  })

  it('says how much faster an exercise runs, also one that is moved step by step', async () => {
    told = { now: BEGUN, speed: 0, kind: 'exercise' }
    await loadSession()
    const place = mounted()
    expect(timeOf(place)).toBe('22:00:00')
    told.now += 600_000 // ten minutes in two seconds: the server's own clock stands between steps
    await passes(2000)
    expect(paceOf(place)).toBe('×300')
    await passes(500)
    expect(timeOf(place)).toBe('22:10:00')
  })
})
