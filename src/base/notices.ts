/** What every answer, report and page says about itself. */

export const disclaimer = "For research use; not a medical device.";

export const syntheticOnly = "The embedded models have seen synthetic films only; of a real film they know nothing.";
