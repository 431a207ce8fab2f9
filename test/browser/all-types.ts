import { randomId } from './support.ts';

const text = (words: string): object => ({ default: words });
const choices = (...labels: string[]): object[] =>
  labels.map((label) => ({ id: label.toLowerCase(), label: text(label) }));
const line = (label: string, required = false): object => ({
  show: true,
  required,
  placeholder: text(label),
});
const hidden = { show: false, required: false, placeholder: text('Hidden') };
const picture = 'data:,';

/** One element of each of the 17 types, and a dropdown; all optional. The headline names the type. */
export const ELEMENTS: readonly { readonly id: string; readonly [key: string]: unknown }[] = [
  { id: 'openText', longAnswer: false, charLimit: { enabled: true, max: 40 } },
  {
    id: 'multipleChoiceSingle',
    choices: [...choices('Red', 'Blue'), { id: 'other', label: text('Another') }],
  },
  {
    id: 'multipleChoiceMulti',
    choices: [...choices('Cats', 'Dogs', 'Birds'), { id: 'none', label: text('None of them') }],
  },
  {
    id: 'dropdown',
    type: 'multipleChoiceSingle',
    displayType: 'dropdown',
    choices: choices('Paris', 'Rome', 'Oslo', 'Lima'),
  },
  { id: 'nps', lowerLabel: text('Never'), upperLabel: text('Surely') },
  { id: 'rating', scale: 'star', range: 5 },
  { id: 'csat', scale: 'smiley', range: 5 },
  { id: 'ces', scale: 'number', range: 7 },
  {
    id: 'cta',
    buttonExternal: true,
    buttonUrl: 'mailto:ada@example.com',
    ctaButtonLabel: text('Write to us'),
  },
  { id: 'consent', label: text('I agree') },
  { id: 'date', format: 'y-M-d' },
  {
    id: 'pictureSelection',
    allowMulti: false,
    choices: ['the-sea', 'the_hills'].map((name) => ({
      id: name,
      imageUrl: `https://pictures.invalid/${name}--fid--1.png?${picture}`,
    })),
  },
  { id: 'fileUpload', allowMultipleFiles: true, allowedFileExtensions: ['png', 'pdf'], maxSizeInMB: 1 },
  { id: 'cal', calUserName: 'ada/talk' },
  { id: 'matrix', rows: choices('Speed', 'Price'), columns: choices('Bad', 'Good') },
  {
    id: 'address',
    addressLine1: line('Street', true),
    addressLine2: hidden,
    city: line('City'),
    state: hidden,
    zip: hidden,
    country: hidden,
  },
  {
    id: 'contactInfo',
    firstName: line('First name'),
    lastName: hidden,
    email: line('Email'),
    phone: hidden,
    company: hidden,
  },
  { id: 'ranking', choices: choices('Gold', 'Silver', 'Bronze') },
].map((element) => ({
  type: element.id,
  headline: text(`About ${element.id}`),
  required: false,
  ...element,
}));

/** A survey with a card for each of them. */
export function surveyOf(elements: readonly object[] = ELEMENTS): object {
  return {
    blocks: elements.map((element, at) => ({ id: `b${at}`, name: `Block ${at}`, elements: [element] })),
    endings: [{ id: randomId(), type: 'endScreen', headline: text('Thank you!') }],
  };
}
