import { afterEach, describe, expect, it, vi } from 'vitest'
import { address, api, Problem, wire } from '@/api/client'
import { sseReader, type Frame } from '@/api/sse'
import { landing } from '@/router'

afterEach(() => vi.unstubAllGlobals())

function answer(status: number, body: unknown): ReturnType<typeof vi.fn> {
  const fetched = vi.fn(() =>
    Promise.resolve(
      new Response(body === null ? null : typeof body === 'string' ? body : JSON.stringify(body), {
        status,
      }),
    ),
  )
  vi.stubGlobal('fetch', fetched)
  return fetched
}

describe('the client', () => {
  it('leaves empty questions out of the address', () => {
    expect(address('/registers/x', { q: '', page: 2, region: null, kind: 'a,b' })).toBe(
      '/api/v1/registers/x?page=2&kind=a%2Cb',
    )
  })

  it('sends language and, on writes alone, the token against forgery', async () => {
    wire.csrf = 'token'
    const fetched = answer(200, {})
    await api.get('/meta')
    await api.post('/things', { a: 1 })
    const [get, post] = fetched.mock.calls.map(([, init]) => (init as RequestInit).headers)
    expect(get).toEqual({ 'Accept-Language': 'zh' })
    expect(post).toMatchObject({ 'X-CSRF-Token': 'token', 'Content-Type': 'application/json' })
  })

  it('turns a refusal into its sentence and its fields', async () => {
    answer(422, { title: '填写有误', code: 'invalid', errors: { name: ['必填'], '': '整行有误' } })
    const problem = (await api.post('/x').catch((error: unknown) => error)) as Problem
    expect(problem).toBeInstanceOf(Problem)
    expect(problem.code).toBe('invalid')
    expect(problem.errors).toEqual({ name: ['必填'], '': ['整行有误'] })
  })

  it('reads the kind of a refusal from the status when a proxy answers', async () => {
    answer(502, '<html>')
    const problem = (await api.get('/x').catch((error: unknown) => error)) as Problem
    expect(problem.code).toBe('unavailable')
  })

  it('says unreachable when nobody answers', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('network')))
    const problem = (await api.get('/x').catch((error: unknown) => error)) as Problem
    expect(problem.code).toBe('unreachable')
  })
})

describe('the event stream', () => {
  it('reads frames and heartbeats however the bytes are cut', () => {
    const text = ': hello\n\nid: 7\nevent: notice\ndata: {"a":\ndata: 1}\n\n:\n\ndata: x\r\n\r\n'
    for (const cut of [1, 3, 7, text.length]) {
      const frames: Frame[] = []
      let beats = 0
      const reader = sseReader(
        (frame) => frames.push(frame),
        () => (beats += 1),
      )
      for (let at = 0; at < text.length; at += cut) reader.push(text.slice(at, at + cut))
      expect(beats).toBe(2)
      expect(frames).toEqual([
        { id: '7', event: 'notice', data: '{"a":\n1}' },
        { id: '7', event: 'message', data: 'x' },
      ])
    }
  })
})

describe('where a login leads', () => {
  it('never leaves this site', () => {
    expect(landing('/registers/shelters?q=1')).toBe('/registers/shelters?q=1')
    for (const bad of ['//evil.example', '/\\evil.example', 'https://evil.example', undefined]) {
      expect(landing(bad)).toBe('/')
    }
  })
})
