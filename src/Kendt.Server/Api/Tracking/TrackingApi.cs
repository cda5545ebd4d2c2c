using System.Collections.Frozen;
using Kendt.Collect;
using Microsoft.AspNetCore.Http.Features;

namespace Kendt.Server.Api.Tracking;

/// <summary>
/// The tracking API: the <see cref="Door"/>s that messages come in by, and what clients ask for beside them. Browsers of any
/// site may call these paths and only these: they show a write key, never a cookie that counts.
/// </summary>
internal static class TrackingApi
{
    private const string Browsers = "browsers";

    public static IServiceCollection AddTracking(this IServiceCollection services) => services.AddSingleton<Intake>().AddCors(cors => cors.AddPolicy(Browsers, policy => policy
        .SetIsOriginAllowed(_ => true).AllowCredentials().AllowAnyHeader().WithMethods("GET", "POST").WithExposedHeaders("Retry-After", "X-RateLimit-Reset").SetPreflightMaxAge(TimeSpan.FromSeconds(900))));

    /// <summary>
    /// Takes messages before all else: no page, cookie or sign-in is looked at for them, and there are far more of them than
    /// of anything else. What is not exactly a door's path goes on to the routes, which know the same doors.
    /// </summary>
    public static IApplicationBuilder UseTracking(this IApplicationBuilder app)
    {
        var intake = app.ApplicationServices.GetRequiredService<Intake>();
        var doors = Door.All.Where(door => door.Method == HttpMethods.Post).ToFrozenDictionary(door => door.Path, StringComparer.OrdinalIgnoreCase);
        return app.Use((context, next) =>
        {
            if (!HttpMethods.IsPost(context.Request.Method) || !doors.TryGetValue(context.Request.Path.Value ?? "", out var door)) return next(context);
            // Kendt's own counters count messages; those of the framework, for each call, cost as much as the call.
            if (context.Features.Get<IHttpMetricsTagsFeature>() is { } metrics) metrics.MetricsDisabled = true;
            if (context.Request.Headers.Origin is { Count: > 0 } origin)
            {
                var headers = context.Response.Headers;
                (headers.AccessControlAllowOrigin, headers.AccessControlAllowCredentials, headers.Vary) = (origin, "true", "Origin");
            }
            return intake.TakeAsync(context, door);
        });
    }

    public static IEndpointRouteBuilder MapTracking(this IEndpointRouteBuilder routes)
    {
        var intake = routes.ServiceProvider.GetRequiredService<Intake>();
        var api = routes.MapGroup("").AllowAnonymous().DisableAntiforgery().RequireCors(Browsers).WithTags("Tracking");
        foreach (var door in Door.All)
            api.MapMethods(door.Path, [door.Method], context => intake.TakeAsync(context, door)).WithSummary(door.Says);

        // What clients measure of themselves: it is about no customer, so nothing is kept of it.
        api.MapPost("/v1/m", () => Results.Json(new { success = true })).WithSummary("A client's own metrics; not kept");

        foreach (var path in new[] { "/v1/projects/{writeKey}/settings", "/projects/{writeKey}/settings", "/v1/projects/projects/{writeKey}/settings" })
            api.MapGet(path, SettingsAsync).WithSummary("What Segment's clients ask for before they send");
        api.MapGet("/sourceConfig", SourceConfigAsync).WithSummary("What RudderStack's browser client asks for before it sends");
        api.MapGet("/k.js", Tracker.WriteAsync).WithSummary("Kendt's own script for web pages");
        api.MapGet("/analytics.js/v1/{writeKey}/analytics.min.js", Tracker.WriteAsync).WithSummary("The script that Segment's snippet loads: Kendt's own, with the same calls");
        // Kendt sends on from the server: a browser that asks for an integration gets a script that does nothing.
        api.MapGet("/next-integrations/{**path}", () => Results.Text("", "text/javascript; charset=utf-8")).WithSummary("Integrations that Segment's browser client would load; there are none");
        return routes;
    }

    private static async Task<IResult> SettingsAsync(string writeKey, HttpRequest request, Sources sources, CancellationToken cancel) =>
        await sources.FindByKeyAsync(writeKey, cancel) is { Enabled: true } ? Results.Json(ClientSettings.Segment(writeKey, request)) : Refused();

    private static async Task<IResult> SourceConfigAsync(HttpRequest request, Sources sources, CancellationToken cancel) =>
        WriteKeys.Before(request) is { } key && await sources.FindByKeyAsync(key, cancel) is { } source ? Results.Json(ClientSettings.RudderStack(key, source)) : Refused();

    private static IResult Refused() => Results.Json(new { success = false, code = CallAnswer.UnknownKey.Code, message = CallAnswer.UnknownKey.Message }, statusCode: 401);
}
