using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Kendt.Govern;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace Kendt.Server.Security;

/// <summary>The key that the owner's own commands show; made anew at every start.</summary>
public sealed record OwnerKey(string Value);

/// <summary>API tokens, as <c>Bearer</c> or as the user name of <c>Basic</c>.</summary>
public sealed class TokenAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, Tokens tokens, OwnerKey owner)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Token", ScopeClaim = "scope";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // Doors that anybody may come in by look at what is shown themselves: a write key is no token.
        if (Context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null) return AuthenticateResult.NoResult();
        if (Credentials.Read(Request.Headers.Authorization.ToString()) is not { } raw) return AuthenticateResult.NoResult();
        if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(raw), Encoding.UTF8.GetBytes(owner.Value))) return Ticket("owner", [Scopes.Admin]);
        return await tokens.FindAsync(raw, Context.RequestAborted) is { } token ? Ticket("token:" + token.Name, token.Scopes) : AuthenticateResult.Fail("The token is not known or has ended.");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => Refusals.WriteAsync(Context, StatusCodes.Status401Unauthorized);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Refusals.WriteAsync(Context, StatusCodes.Status403Forbidden);

    private static AuthenticateResult Ticket(string name, IReadOnlyList<string> scopes)
    {
        var identity = new ClaimsIdentity([new(ClaimTypes.Name, name), .. scopes.Select(s => new Claim(ScopeClaim, s))], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }
}

/// <summary>Reads the <c>Authorization</c> header.</summary>
internal static class Credentials
{
    /// <summary>The bearer's token, or the user name of Basic; null if there is neither.</summary>
    public static string? Read(string header)
    {
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? Nothing(header[7..].Trim()) : Basic(header);
    }

    /// <summary>The user name of Basic, with or without a colon; null if there is none.</summary>
    public static string? Basic(string header)
    {
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)) return null;
        var packed = header.AsSpan(6).Trim();
        Span<byte> bytes = stackalloc byte[512];
        if (packed.Length > 600 || !Base64.IsValid(packed) || !Convert.TryFromBase64Chars(packed, bytes, out var length)) return null;
        var text = Encoding.UTF8.GetString(bytes[..length]);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return Nothing(colon < 0 ? text : text[..colon]);
    }

    private static string? Nothing(string text) => text.Length == 0 ? null : text;
}
