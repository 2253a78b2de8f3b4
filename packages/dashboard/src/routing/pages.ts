import type { ComponentType } from 'preact';

/** What a page is given. */
export interface PageProps {
  /** The parameters of its pattern. */
  readonly params: Readonly<Record<string, string>>;
}

/** A page of the dashboard; its code is loaded when it is shown first. */
export interface PageEntry {
  /** `:name` stands for one part of the path, `*` at the end for all that is left. */
  readonly pattern: string;
  /** Of the tab, until the page has said a better one. */
  readonly title: string;
  readonly load: () => Promise<{ readonly Page: ComponentType<PageProps> }>;
}

/** Every page; the first pattern that matches is shown. */
export const PAGES: readonly PageEntry[] = [
  { pattern: '/', title: 'Home', load: () => import('../pages/home/home-page.tsx') },
  { pattern: '/ui/jobs', title: 'Jobs', load: () => import('../pages/jobs/jobs-page.tsx') },
  { pattern: '/ui/jobs/:id', title: 'Job', load: () => import('../pages/job/job-page.tsx') },
  { pattern: '/ui/submit', title: 'Submit a job', load: () => import('../pages/submit/submit-page.tsx') },
  { pattern: '/ui/systems', title: 'Systems', load: () => import('../pages/systems/systems-page.tsx') },
  { pattern: '/ui/systems/:id', title: 'System', load: () => import('../pages/systems/system-page.tsx') },
  {
    pattern: '/ui/deliveries',
    title: 'Deliveries',
    load: () => import('../pages/deliveries/deliveries-page.tsx'),
  },
  {
    pattern: '/ui/deliveries/:id',
    title: 'Subscription',
    load: () => import('../pages/deliveries/delivery-page.tsx'),
  },
  {
    pattern: '/ui/device',
    title: 'Sign in a program',
    load: () => import('../pages/device/device-page.tsx'),
  },
  { pattern: '/ui/help/*', title: 'Help', load: () => import('../pages/help/help-page.tsx') },
];
