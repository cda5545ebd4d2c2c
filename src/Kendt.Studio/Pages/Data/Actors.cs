using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;

namespace Kendt.Studio.Pages.Data;

/// <summary>Who does something.</summary>
internal static class Actors
{
    /// <summary>Somebody who may nothing where nobody is signed in.</summary>
    public static async Task<ClaimsPrincipal> UserAsync(this Task<AuthenticationState>? who) => who is null ? new() : (await who).User;
}
