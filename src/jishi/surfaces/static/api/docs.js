// The page that shows the API. A log-in of this site is used when there is one: writes carry its CSRF token.
(() => {
  const home = document.getElementById("docs");
  const token = () =>
    document.cookie
      .split("; ")
      .find((pair) => pair.startsWith("jishi_csrf="))
      ?.slice("jishi_csrf=".length);
  window.SwaggerUIBundle({
    url: home.dataset.document,
    domNode: home,
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    filter: true,
    tryItOutEnabled: true,
    persistAuthorization: false,
    validatorUrl: null,
    requestInterceptor: (request) => {
      const value = token();
      if (value && !["GET", "HEAD"].includes(request.method)) request.headers["X-CSRFToken"] = value;
      return request;
    },
  });
})();
