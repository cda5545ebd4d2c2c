using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;

namespace Kendt.Studio.Pages.Data;

/// <summary>Who does something, as the audit names them.</summary>
internal static class Actors
{
    public static async Task<string> ActorAsync(this Task<AuthenticationState>? who) =>
        who is not null && (await who).User.FindFirstValue(ClaimTypes.Email) is { } email ? "member:" + email : "nobody";
}
