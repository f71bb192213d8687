/** Charts are most of the code: they are loaded when a unit is opened, or when nothing else is to do. */
export const importUnitPage = () => import("../unit/UnitPage");
