import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router";
import { forgetAccess, keepAccess, keptAccess, keyOf } from "../api/access";
import { createApi } from "../api/client";
import type { Me, MembershipView } from "../api/types";
import { SessionOver } from "../auth/session";
import { SignInPage } from "../auth/SignInPage";
import type { strings } from "../i18n/strings";
import { keptOrganization } from "../organization/kept-organization";
import { OverviewPage } from "../overview/OverviewPage";
import { pendingInvitation } from "../people/pending-invitation";
import { progressOf } from "../setup/progress";
import { meQuery, type Backend } from "./backend";
import { Failed } from "./Failed";
import { importUnitPage } from "./import-unit-page";
import { linkOfFragment } from "./links";
import { NotFound } from "./NotFound";
import { OrganizationPage } from "./OrganizationPage";
import { Waiting } from "./Waiting";

declare module "@tanstack/react-router" {
  interface Register {
    router: AppRouter;
  }

  /** What a page is told beside its address: it is neither bookmarked nor sent to a server. */
  interface HistoryState {
    /** The token of a mail's link. */
    token?: string;
    /** The address that a mail went to. */
    email?: string;
    /** Why the page is shown. */
    notice?: keyof typeof strings.arrival;
  }
}

const root = createRootRouteWithContext<Backend>()({ component: Outlet });

/** Where everything begins: decides by the address and by who is there. */
const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: async ({ context, location }) => {
    const link = linkOfFragment(location.hash);
    if (link?.kind === "mail") throw redirect({ to: link.to, state: { token: link.token }, replace: true });
    if (link?.kind === "access") keepAccess(link.access);
    const access = keptAccess();
    if (access !== undefined) throw redirect({ to: "/orgs/$orgId", params: { orgId: access.orgId }, replace: true });
    if (!context.session.signedIn) throw redirect({ to: "/sign-in", replace: true });
    if (pendingInvitation() !== undefined) throw redirect({ to: "/invitation", replace: true });
    const { memberships } = await whoeverIsSignedIn(context, undefined);
    const last = keptOrganization();
    const membership = memberships.find(({ org_id }) => org_id === last) ?? memberships[0];
    if (membership === undefined) throw redirect({ to: "/setup", replace: true });
    const params = { orgId: membership.org_id };
    const to = (await isToBeSetUp(context, membership)) ? "/orgs/$orgId/setup" : "/orgs/$orgId";
    throw redirect({ to, params, replace: true });
  },
});

/** Asks the server who is there; whoever is nobody any more signs in first, and goes on to `next`. */
async function whoeverIsSignedIn(backend: Backend, next: string | undefined): Promise<Me> {
  try {
    if (!backend.session.signedIn) throw new SessionOver();
    return await backend.queries.fetchQuery(meQuery(backend));
  } catch (error) {
    if (!(error instanceof SessionOver)) throw error;
    throw redirect({ to: "/sign-in", search: next === undefined ? {} : { next } });
  }
}

/** Whether there is nothing to see in an organization yet, and it is the person's to change that. */
async function isToBeSetUp({ person }: Backend, { org_id, rights }: MembershipView): Promise<boolean> {
  if (!rights.includes("manage_places")) return false;
  const overview = await createApi(person, org_id).overview();
  return ["site", "area", "unit"].includes(progressOf(overview, false).step);
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  // Only places of this app: an address of another site must not be reached by way of ours.
  validateSearch: ({ next }: Record<string, unknown>): { next?: string } =>
    typeof next === "string" && /^\/(?![/\\])/.test(next) ? { next } : {},
  component: SignInPage,
});

const signUp = createRoute({
  getParentRoute: () => root,
  path: "/sign-up",
  component: lazyRouteComponent(() => import("../auth/SignUpPage"), "SignUpPage"),
});

const checkMail = createRoute({
  getParentRoute: () => root,
  path: "/check-mail",
  component: lazyRouteComponent(() => import("../auth/CheckMailPage"), "CheckMailPage"),
});

const verifyEmail = createRoute({
  getParentRoute: () => root,
  path: "/verify-email",
  component: lazyRouteComponent(() => import("../auth/VerifyEmailPage"), "VerifyEmailPage"),
});

const forgotPassword = createRoute({
  getParentRoute: () => root,
  path: "/forgot-password",
  component: lazyRouteComponent(() => import("../auth/ForgotPasswordPage"), "ForgotPasswordPage"),
});

const resetPassword = createRoute({
  getParentRoute: () => root,
  path: "/reset-password",
  component: lazyRouteComponent(() => import("../auth/ResetPasswordPage"), "ResetPasswordPage"),
});

const access = createRoute({
  getParentRoute: () => root,
  path: "/access",
  component: lazyRouteComponent(() => import("../auth/AccessPage"), "AccessPage"),
});

const invitation = createRoute({
  getParentRoute: () => root,
  path: "/invitation",
  component: lazyRouteComponent(() => import("../people/InvitationPage"), "InvitationPage"),
});

/** Pages of whoever is signed in. */
const person = createRoute({
  getParentRoute: () => root,
  id: "person",
  beforeLoad: async ({ context, location }) => {
    await whoeverIsSignedIn(context, location.href);
  },
  component: Outlet,
});

const profile = createRoute({
  getParentRoute: () => person,
  path: "/profile",
  component: lazyRouteComponent(() => import("../profile/ProfilePage"), "ProfilePage"),
});

const newOrganization = createRoute({
  getParentRoute: () => person,
  path: "/setup",
  component: lazyRouteComponent(() => import("../setup/NewOrganizationPage"), "NewOrganizationPage"),
});

const startSupport = createRoute({
  getParentRoute: () => person,
  path: "/support",
  component: lazyRouteComponent(() => import("../support/StartSupportPage"), "StartSupportPage"),
});

/** Pages of one organization, for its people and for the holder of one of its keys. */
const organization = createRoute({
  getParentRoute: () => root,
  path: "/orgs/$orgId",
  beforeLoad: ({ context, location, params }) => {
    const link = linkOfFragment(location.hash);
    if (link?.kind === "access") throw redirect({ to: "/", hash: location.hash, replace: true });
    if (keyOf(params.orgId) !== undefined) return;
    // A key of another organization opens nothing here.
    forgetAccess();
    if (!context.session.signedIn) throw redirect({ to: "/sign-in", search: { next: location.href } });
  },
  component: OrganizationPage,
});

const overview = createRoute({ getParentRoute: () => organization, path: "/", component: OverviewPage });

const unit = createRoute({
  getParentRoute: () => organization,
  path: "/units/$unitId",
  component: lazyRouteComponent(importUnitPage, "UnitPage"),
});

const people = createRoute({
  getParentRoute: () => organization,
  path: "/people",
  component: lazyRouteComponent(() => import("../people/PeoplePage"), "PeoplePage"),
});

const setup = createRoute({
  getParentRoute: () => organization,
  path: "/setup",
  component: lazyRouteComponent(() => import("../setup/SetupPage"), "SetupPage"),
});

const settings = createRoute({ getParentRoute: () => organization, path: "/settings" });

const settingsIndex = createRoute({
  getParentRoute: () => settings,
  path: "/",
  component: lazyRouteComponent(() => import("../settings/SettingsIndex"), "SettingsIndex"),
});

const organizationSettings = createRoute({
  getParentRoute: () => settings,
  path: "/organization",
  component: lazyRouteComponent(() => import("../settings/OrganizationSettingsPage"), "OrganizationSettingsPage"),
});

const places = createRoute({
  getParentRoute: () => settings,
  path: "/places",
  component: lazyRouteComponent(() => import("../settings/PlacesPage"), "PlacesPage"),
});

const networks = createRoute({
  getParentRoute: () => settings,
  path: "/networks",
  component: lazyRouteComponent(() => import("../settings/NetworksPage"), "NetworksPage"),
});

const accessKeys = createRoute({
  getParentRoute: () => settings,
  path: "/keys",
  component: lazyRouteComponent(() => import("../settings/AccessKeysPage"), "AccessKeysPage"),
});

const supportLog = createRoute({
  getParentRoute: () => settings,
  path: "/support",
  component: lazyRouteComponent(() => import("../settings/SupportLogPage"), "SupportLogPage"),
});

const routes = root.addChildren([
  home,
  signIn,
  signUp,
  checkMail,
  verifyEmail,
  forgotPassword,
  resetPassword,
  access,
  invitation,
  person.addChildren([profile, newOrganization, startSupport]),
  organization.addChildren([
    overview,
    unit,
    people,
    setup,
    settings.addChildren([settingsIndex, organizationSettings, places, networks, accessKeys, supportLog]),
  ]),
]);

export type AppRouter = ReturnType<typeof createAppRouter>;

export function createAppRouter(context: Backend) {
  return createRouter({
    routeTree: routes,
    context,
    defaultPreload: "intent",
    defaultPendingComponent: Waiting,
    defaultErrorComponent: Failed,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: true,
  });
}
