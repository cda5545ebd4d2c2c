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
        var isOurs = await antiforgery.IsRequestValidAsync(context);
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(cancel) : FormCollection.Empty;
        var to = form["returnUrl"].ToString();
        if (!IsHere(to)) to = "/";
        if (!isOurs) return Again("form", to);
        if (await members.VerifyAsync(form["email"].ToString(), form["password"].ToString(), cancel) is not { } member) return Again("password", to);
        await InAsync(context, member);
        return Results.Redirect(to);
    }

    // Who mistypes a password still comes to the page that was asked for.
    private static IResult Again(string fault, string to) => Results.Redirect($"/sign-in?fault={fault}{(to == "/" ? "" : "&returnUrl=" + Uri.EscapeDataString(to))}");

    // Only a path of this server: anything else could lead people away after they have signed in.
    private static bool IsHere(string to) => to.StartsWith('/') && !to.StartsWith("//", StringComparison.Ordinal) && !to.Contains('\\', StringComparison.Ordinal) && !to.Any(char.IsControl);

    private static async Task<IResult> OutAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (await antiforgery.IsRequestValidAsync(context)) await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return Results.Redirect("/sign-in");
    }

    private static Task InAsync(HttpContext context, Member member) =>
        context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, KendtSecurity.Principal(member), new AuthenticationProperties { IsPersistent = true });
}
