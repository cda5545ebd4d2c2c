using System.Security.Claims;
using System.Threading.RateLimiting;
using Kendt.Govern;
using Kendt.Model;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;

namespace Kendt.Server.Security;

/// <summary>Who may do what: members by a strict cookie, programs by tokens with scopes.</summary>
internal static class KendtSecurity
{
    /// <summary>Name of the bound on tries to sign in: twenty a minute from one address.</summary>
    public const string SignInLimit = "sign-in";

    private const string Either = "Either";

    public static IServiceCollection AddKendtSecurity(this IServiceCollection services, string ownerKey)
    {
        services.AddSingleton(new OwnerKey(ownerKey));
        services.AddAuthentication(Either)
            .AddPolicyScheme(Either, null, scheme => scheme.ForwardDefaultSelector = context =>
                context.Request.Headers.ContainsKey("Authorization") ? TokenAuthentication.SchemeName : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.SchemeName, null)
            .AddCookie(cookie =>
            {
                cookie.Cookie.Name = "kendt";
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SameSite = SameSiteMode.Strict;
                cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                cookie.ExpireTimeSpan = TimeSpan.FromHours(12);
                cookie.SlidingExpiration = true;
                cookie.LoginPath = "/sign-in";
                cookie.AccessDeniedPath = "/sign-in";
                cookie.Events.OnRedirectToLogin = context => ApiOr(context, StatusCodes.Status401Unauthorized);
                cookie.Events.OnRedirectToAccessDenied = context => ApiOr(context, StatusCodes.Status403Forbidden);
            });
        services.AddAuthorizationBuilder().SetDefaultPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        services.AddRateLimiter(limits =>
        {
            limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limits.AddPolicy(SignInLimit, context => RateLimitPartition.GetFixedWindowLimiter(context.Connection.RemoteIpAddress?.ToString() ?? "", _ => new() { PermitLimit = 20, Window = TimeSpan.FromMinutes(1) }));
        });
        services.AddCascadingAuthenticationState();
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.Cookie.Name = "kendt-form";
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
        });
        return services;
    }

    /// <summary>Lets in programs whose token has the scope, and members whose role may do the same in Studio.</summary>
    public static TBuilder NeedsScope<TBuilder>(this TBuilder endpoint, string scope) where TBuilder : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization(policy => policy.RequireAuthenticatedUser().RequireAssertion(context => Has(context.User, scope)));

    /// <summary>Lets in programs whose token has the scope, and members whose role has the permission.</summary>
    public static TBuilder MayOr<TBuilder>(this TBuilder endpoint, string scope, Permission permission) where TBuilder : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization(policy => policy.RequireAuthenticatedUser().RequireAssertion(context => Has(context.User, scope) || context.User.May(permission)));

    /// <summary>A member as the cookie carries it.</summary>
    public static ClaimsPrincipal Principal(Member member)
    {
        List<Claim> claims = [new(ClaimTypes.Name, member.Name), new(ClaimTypes.Email, member.Email), new(ClaimTypes.Role, member.Role.ToString())];
        if (member.Role is Role.Admin) claims.Add(new(TokenAuthentication.ScopeClaim, Scopes.Admin));
        if (Roles.Allows(member.Role, Permission.DecideIdentity)) claims.Add(new(TokenAuthentication.ScopeClaim, Scopes.IdentityWrite));
        return new(new ClaimsIdentity(claims, CookieAuthenticationDefaults.AuthenticationScheme));
    }

    /// <summary>How a person or program is named in the audit.</summary>
    public static string Actor(this ClaimsPrincipal user) => user.FindFirstValue(ClaimTypes.Email) is { } email ? "member:" + email : user.Identity?.Name ?? "nobody";

    /// <exception cref="BadInputException">The member's role does not allow it.</exception>
    public static void Need(this ClaimsPrincipal user, Permission permission)
    {
        if (!user.May(permission)) throw new BadInputException("Your role may look at this but not change it. Ask an administrator of this workspace.");
    }

    private static bool Has(ClaimsPrincipal user, string scope) =>
        user.HasClaim(TokenAuthentication.ScopeClaim, Scopes.Admin) || user.HasClaim(TokenAuthentication.ScopeClaim, scope);

    private static Task ApiOr(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (context.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal)) return Refusals.WriteAsync(context.HttpContext, status);
        // Who is signed in already gains nothing from signing in again.
        if (status is StatusCodes.Status403Forbidden) context.Response.StatusCode = status;
        else context.Response.Redirect(context.RedirectUri);
        return Task.CompletedTask;
    }
}
