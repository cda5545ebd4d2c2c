using Kendt.Collect;

namespace Kendt.Server.Api.Tracking;

/// <summary>The settings that browser and mobile clients fetch at their start: send to this server, and to nobody else.</summary>
internal static class ClientSettings
{
    /// <summary>For Segment's clients. The host has no scheme and ends in /v1, as they expect it.</summary>
    public static object Segment(string writeKey, HttpRequest request) => new
    {
        integrations = new Dictionary<string, object>
        {
            ["Segment.io"] = new
            {
                apiKey = writeKey,
                apiHost = Forwarded(request, "X-Forwarded-Host", request.Host.Value ?? "") + "/v1",
                protocol = Forwarded(request, "X-Forwarded-Proto", request.Scheme),
                unbundledIntegrations = Array.Empty<string>(),
                addBundledMetadata = true,
                maybeBundledConfigIds = new { },
                versionSettings = new { version = "4.4.7", componentTypes = new[] { "browser" } },
            },
        },
        plan = new { track = Allowed, identify = Allowed, group = Allowed },
        middlewareSettings = new { },
        enabledMiddleware = new { },
        edgeFunction = new { },
        metrics = new { sampleRate = 0 },
        legacyVideoPluginsEnabled = false,
        remotePlugins = Array.Empty<object>(),
    };

    /// <summary>For RudderStack's browser client. A source that is switched off stops it.</summary>
    public static object RudderStack(string writeKey, Source source) => new
    {
        source = new
        {
            id = source.Name,
            name = source.Name,
            writeKey,
            enabled = source.Enabled,
            config = new { statsCollection = new { errors = new { enabled = false }, metrics = new { enabled = false } } },
            destinations = Array.Empty<object>(),
            connections = Array.Empty<object>(),
        },
        updatedAt = source.CreatedAt,
    };

    private static readonly object Allowed = new { __default = new { enabled = true, integrations = new { } } };

    // Behind a proxy the address that the browser knows is the proxy's. It is told only to the one who asked.
    private static string Forwarded(HttpRequest request, string header, string own) =>
        request.Headers[header].ToString().Split(',')[0].Trim() is { Length: > 0 and <= 255 } said ? said : own;
}
