using System.Text.Json;
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

    /// <summary>The key in the beginning of a body that goes on; null if there is none.</summary>
    public static string? In(ReadOnlySpan<byte> beginning)
    {
        var json = new Utf8JsonReader(beginning, isFinalBlock: false, default);
        try
        {
            while (json.Read())
            {
                if (json.CurrentDepth != 1 || json.TokenType is not JsonTokenType.PropertyName || !json.ValueTextEquals("writeKey"u8)) continue;
                return json.Read() && json.TokenType is JsonTokenType.String ? json.GetString() : null;
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null; // no JSON, or no text
        }
        return null;
    }
}
