import { msg } from '@/locale'

/** What the menu offers of reviews. */
export const LEARN = [{ to: '/reviews', icon: 'history', title: msg('复盘评估') }]

export const learnNeeds: Record<string, string[]> = {
  '/reviews': ['reviews.view'],
}
