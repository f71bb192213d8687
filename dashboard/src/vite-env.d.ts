/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** Where the API is, if not where the page comes from: `https://api.example.com`. */
  readonly VITE_API_URL?: string;
}
