/** Who is logged in, in which workspace, and what time it is there. */
import { computed, ref, shallowRef } from 'vue'
import { api, wire } from './client'
import type { Session } from './types'

export const session = shallowRef<Session | null>(null)
export const user = computed(() => session.value?.user ?? null)
export const workspace = computed(() => session.value?.workspace ?? null)

/** Server instant and our monotonic instant at which we learned it. */
const anchor = ref({ server: Date.now(), local: performance.now(), speed: 1 })

/** The workspace's clock now, in epoch milliseconds. */
export function workspaceNow(): number {
  const { server, local, speed } = anchor.value
  return server + (performance.now() - local) * speed
}

function adopt(next: Session): Session {
  session.value = next
  wire.csrf = next.csrf
  const { now, speed } = next.workspace.clock
  anchor.value = { server: Date.parse(now), local: performance.now(), speed }
  return next
}

/** Simulated seconds a second, as seen from here: a replay moves the clock step by step. */
export const pace = ref(1)

/** Ask how late it is, where the clock is not everybody's: without this it stood still. */
export async function followClock(): Promise<void> {
  const before = anchor.value
  const { now, speed } = (await api.get<Session>('/session')).workspace.clock
  const [server, local] = [Date.parse(now), performance.now()]
  pace.value = speed || Math.round((server - before.server) / (local - before.local))
  anchor.value = { server, local, speed }
}

export const loadSession = async () => adopt(await api.get<Session>('/session'))

export const logIn = async (username: string, password: string, otp?: string) =>
  adopt(await api.post<Session>('/session', { username, password, ...(otp ? { otp } : {}) }))

/** Log in where a session ran out: only its new token is taken over, the page stays as it is. */
export async function logInAgain(username: string, password: string, otp?: string) {
  wire.csrf = (await api.get<Session>('/session')).csrf
  return logIn(username, password, otp)
}

export async function logOut(): Promise<void> {
  await api.del('/session')
  await loadSession()
}

export async function changePassword(old: string, next: string): Promise<void> {
  await api.post('/session/password', { old, new: next })
  await loadSession()
}

export const may = (right: string, rights: string[] | undefined) => rights?.includes(right) ?? false
