import * as z from 'zod';
import { MAX_LANGUAGE_CHARS, MAX_LANGUAGES } from '../core/limits.ts';

/** Position of the card on the page. */
export const placementSchema = z.enum(['bottomLeft', 'bottomRight', 'topLeft', 'topRight', 'center']);
/** Overlay between the page and the card. */
export const overlaySchema = z.enum(['none', 'light', 'dark']);

const colorPair = z.looseObject({ light: z.string(), dark: z.string().nullish() });

/** Theme settings: known ones are validated, others are stored unchanged (management-api.md 9.7). */
export const stylingSchema = z.looseObject({
  allowStyleOverwrite: z.boolean().optional(),
  overwriteThemeStyling: z.boolean().nullish(),
  brandColor: colorPair.nullish(),
  isDarkModeEnabled: z.boolean().nullish(),
  roundness: z.union([z.number(), z.string()]).nullish(),
  hideProgressBar: z.boolean().nullish(),
});

/** The settings that browsers are sent. */
export const visibleSettingsSchema = z.object({
  recontactDays: z.int().min(0).max(365).optional(),
  clickOutsideClose: z.boolean().optional(),
  overlay: overlaySchema.optional(),
  placement: placementSchema.optional(),
  inAppSurveyBranding: z.boolean().optional(),
  styling: stylingSchema.optional(),
});

/** The body of `PUT …/management/environment`: absent fields stay unchanged. */
export const settingsSchema = visibleSettingsSchema.extend({
  onlyKnownAttributes: z.boolean().optional(),
  identityVerification: z.enum(['off', 'accept', 'require']).optional(),
});

/** The whole body of `PUT …/management/environment`: languages in it are created, or get their new alias. */
export const environmentChangeSchema = settingsSchema.extend({
  languages: z
    .array(
      z.object({
        code: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'Must be a language code'),
        alias: z.string().max(MAX_LANGUAGE_CHARS).nullish(),
      }),
    )
    .max(MAX_LANGUAGES)
    .optional(),
});

/** The body of `POST …/management/environment/identity-secret`. */
export const secretChangeSchema = z.object({
  /** Whether the former secret ends at once: it has leaked. */
  endsNow: z.boolean().optional(),
});
