declare const SwaggerUIBundle: (options: object) => void;

const api = location.pathname.split("/")[2];
SwaggerUIBundle({
  dom_id: "#ui",
  url: api === "all" ? "/openapi.json" : `/docs/${api}/openapi`,
  deepLinking: true,
  tryItOutEnabled: true,
  // The default sends the document to a validator on the internet.
  validatorUrl: null,
});
