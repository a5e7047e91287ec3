/** In whose right something is decided: one's own post, or what somebody said. */
export interface Spoken {
  post: string
  person: string
  phone: string
  number: string
  at: string | null
}
/** What a dialog sends along: null where one decides oneself. */
export interface Decision {
  oral: Spoken | null
  ready: boolean
}
