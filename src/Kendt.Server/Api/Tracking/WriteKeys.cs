using Kendt.Server.Security;

namespace Kendt.Server.Api.Tracking;

/// <summary>
/// Where clients put the write key: the user name of Basic, the query (beacons and pixels send no headers), or the body.
/// A bearer token is none: the OAuth of Segment's clients comes with the key in the body.
/// </summary>
internal static class WriteKeys
{
    /// <summary>The key that is known before the body is read; null if there is none.</summary>
    public static string? Before(HttpRequest request) =>
        Credentials.Basic(request.Headers.Authorization.ToString()) ?? (request.Query["writeKey"].ToString() is { Length: > 0 } key ? key : null);
}
