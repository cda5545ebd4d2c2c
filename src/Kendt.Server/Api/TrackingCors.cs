namespace Kendt.Server.Api;

/// <summary>Lets browsers of any site call the tracking doors, and only those: they show a write key, never a cookie that counts.</summary>
internal sealed class TrackingCors(RequestDelegate next)
{
    private static readonly HashSet<string> Doors = new(StringComparer.OrdinalIgnoreCase)
    {
        "identify", "i", "track", "t", "page", "p", "screen", "s", "group", "g", "alias", "a", "batch", "b", "import", "m",
    };

    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (context.Request.Headers.Origin is not [{ } origin] || !path.StartsWith("/v1/", StringComparison.Ordinal) || !Doors.Contains(path[4..].TrimEnd('/'))) return next(context);
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlAllowCredentials = "true";
        headers.Vary = "Origin";
        if (!HttpMethods.IsOptions(context.Request.Method)) return next(context);
        headers.AccessControlAllowMethods = "POST, GET, OPTIONS";
        headers.AccessControlAllowHeaders = context.Request.Headers.AccessControlRequestHeaders.Count > 0 ? context.Request.Headers.AccessControlRequestHeaders : "*";
        headers.AccessControlMaxAge = "900";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
