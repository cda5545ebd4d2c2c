using Kendt.Govern;
using Kendt.Server.Security;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Kendt.Server.Api;

/// <summary>Signing in by password or one-time link, and out.</summary>
internal static class SignInApi
{
    public static IEndpointRouteBuilder MapSignIn(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sign-in/link", LinkAsync).AllowAnonymous().RequireRateLimiting(KendtSecurity.SignInLimit).ExcludeFromDescription();
        routes.MapPost("/auth/sign-in", PasswordAsync).AllowAnonymous().RequireRateLimiting(KendtSecurity.SignInLimit).DisableAntiforgery().ExcludeFromDescription(); // checked by hand below, to answer with a page
        routes.MapPost("/auth/sign-out", OutAsync).DisableAntiforgery().ExcludeFromDescription();
        return routes;
    }

    private static async Task<IResult> LinkAsync(string? token, HttpContext context, SignInLinks links, CancellationToken cancel)
    {
        if (await links.UseAsync(token ?? "", cancel) is not { } member) return Results.Redirect("/sign-in?fault=link");
        await InAsync(context, member);
        return Results.Redirect("/");
    }

    private static async Task<IResult> PasswordAsync(HttpContext context, Members members, IAntiforgery antiforgery, CancellationToken cancel)
    {
        if (!await antiforgery.IsRequestValidAsync(context)) return Results.Redirect("/sign-in?fault=form");
        var form = await context.Request.ReadFormAsync(cancel);
        if (await members.VerifyAsync(form["email"].ToString(), form["password"].ToString(), cancel) is not { } member) return Results.Redirect("/sign-in?fault=password");
        await InAsync(context, member);
        var to = form["returnUrl"].ToString();
        return Results.Redirect(to.StartsWith('/') && !to.StartsWith("//", StringComparison.Ordinal) && !to.StartsWith("/\\", StringComparison.Ordinal) ? to : "/");
    }

    private static async Task<IResult> OutAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (await antiforgery.IsRequestValidAsync(context)) await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return Results.Redirect("/sign-in");
    }

    private static Task InAsync(HttpContext context, Member member) =>
        context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, KendtSecurity.Principal(member), new AuthenticationProperties { IsPersistent = true });
}
