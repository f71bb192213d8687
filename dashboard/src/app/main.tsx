import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "../design/tokens.css";
import "../design/base.css";
import { App } from "./App";
import { createBackend } from "./backend";
import { createAppRouter } from "./router";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
const backend = createBackend();
createRoot(root).render(
  <StrictMode>
    <App backend={backend} router={createAppRouter(backend)} />
  </StrictMode>,
);
