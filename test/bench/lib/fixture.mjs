// The one survey every contestant shows: a 1-5 rating, then a free-text question.
export const survey = {
  id: 'contest-survey-1',
  name: 'Checkout satisfaction',
  rating: {
    id: 'q_rating',
    title: 'How satisfied are you with the checkout?',
    low: 'Not at all',
    high: 'Very',
    max: 5,
  },
  text: {
    id: 'q_text',
    title: 'What could we do better?',
    placeholder: 'Type your answer here',
    optional: true,
  },
};
