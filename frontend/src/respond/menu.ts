import { msg } from '@/locale'

/** What the menu offers of responses. */
export const RESPOND = [
  { to: '/respond', icon: 'respond', title: msg('应急响应') },
  { to: '/respond/orders', icon: 'order', title: msg('交办单') },
  { to: '/respond/briefings', icon: 'report', title: msg('会商材料') },
]

export const respondNeeds: Record<string, string[]> = {
  '/respond': ['responses.view'],
  '/respond/orders': ['responses.view'],
  '/respond/briefings': ['papers.view'],
}
