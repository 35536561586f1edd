/**
 * Class of surface water by its single worst factor, GB 3838-2002 table 1: upper limits of classes I to V (dissolved oxygen: lower
 * limits). Total phosphorus of lakes and reservoirs has limits of its own. 6 means worse than class V.
 */
export interface WaterClass {
  grade: 1 | 2 | 3 | 4 | 5 | 6
  factor: string
}

const LIMITS: Record<string, readonly number[]> = {
  codmn: [2, 4, 6, 10, 15],
  ammonia_nitrogen: [0.15, 0.5, 1, 1.5, 2],
  total_phosphorus: [0.02, 0.1, 0.2, 0.3, 0.4],
}
const LAKE_PHOSPHORUS = [0.01, 0.025, 0.05, 0.1, 0.2] as const
const OXYGEN = [7.5, 6, 5, 3, 2] as const

export function waterClass(values: Record<string, number>, lake: boolean): WaterClass | null {
  let worst: WaterClass | null = null
  const take = (factor: string, grade: number): void => {
    if (!worst || grade > worst.grade) worst = { grade: grade as WaterClass['grade'], factor }
  }
  for (const [factor, limits] of Object.entries(LIMITS)) {
    const value = values[factor]
    const own = factor === 'total_phosphorus' && lake ? LAKE_PHOSPHORUS : limits
    if (value !== undefined) take(factor, 1 + own.filter((limit) => value > limit).length)
  }
  const oxygen = values['dissolved_oxygen']
  if (oxygen !== undefined) take('dissolved_oxygen', 1 + OXYGEN.filter((limit) => oxygen < limit).length)
  const ph = values['ph']
  if (ph !== undefined && (ph < 6 || ph > 9)) take('ph', 6)
  return worst
}
