import type { components } from "./schema";

type Schemas = components["schemas"];

export type Overview = Schemas["Overview"];
export type SiteView = Schemas["SiteView"];
export type AreaView = Schemas["AreaView"];
export type UnitView = Schemas["UnitView"];
export type UnitKind = Schemas["UnitKind"];
export type UnitSnapshot = Schemas["UnitSnapshot"];
export type UnitStatus = Schemas["UnitStatus"];
export type AlertView = Schemas["AlertView"];
export type AlertKind = Schemas["AlertKind"];
export type Severity = Schemas["Severity"];
export type ReadingView = Schemas["ReadingView"];
export type ReadingList = Schemas["ReadingList"];
export type Ticket = Schemas["Ticket"];
export type Problem = Schemas["Problem"];
export type ClientMessage = Schemas["ClientMessage"];
export type ServerMessage = Schemas["ServerMessage"];
