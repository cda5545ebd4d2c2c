using System.Globalization;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Studio.Parts;
using Kendt.Studio.Texts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MudBlazor;
using MudBlazor.Services;

namespace Kendt.Studio;

/// <summary>How a host takes Studio in. README.md of this folder shows the whole of it.</summary>
public static class Hosting
{
    /// <summary>
    /// Adds what Studio's pages need, but for the readers of <c>Kendt.Studio.Data</c>, which the host implements and
    /// registers, and for sign-in, which is the host's.
    /// </summary>
    /// <exception cref="BadInputException">The options cannot be used; all faults are named at once.</exception>
    public static IServiceCollection AddKendtStudio(this IServiceCollection services, StudioOptions? options = null)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddCascadingAuthenticationState();
        var policies = services.AddAuthorizationBuilder();
        foreach (var permission in Enum.GetValues<Permission>()) policies.AddPolicy(NeedsAttribute.PolicyOf(permission), policy => policy.RequireAuthenticatedUser().RequireAssertion(context => context.User.May(permission)));
        return services.AddStudioParts(options ?? new StudioOptions());
    }

    /// <summary>What the pages need wherever they are drawn, in a server or in a test.</summary>
    public static IServiceCollection AddStudioParts(this IServiceCollection services, StudioOptions options)
    {
        if (options.Faults() is { Count: > 0 } faults) throw new BadInputException(string.Join('\n', faults));
        services.AddLocalization();
        services.AddMudServices(mud =>
        {
            mud.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomCenter;
            mud.SnackbarConfiguration.ShowCloseIcon = true;
        });
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<Handover>();
        services.AddScoped<Show>();
        services.AddScoped<AnswerWords>();
        return services;
    }

    /// <summary>
    /// Before the host's own middleware: the reader's language for everything that follows, and Studio's page for an
    /// address that is not there (only for people who asked for a page, never for programs).
    /// </summary>
    public static IApplicationBuilder UseKendtStudio(this IApplicationBuilder app)
    {
        app.Use((context, next) =>
        {
            var accepted = context.Request.GetTypedHeaders().AcceptLanguage.OrderByDescending(language => language.Quality ?? 1).Select(language => language.Value.Value ?? "");
            CultureInfo.CurrentUICulture = Speech.For(context.Request.Cookies[Speech.Cookie], accepted);
            return next(context);
        });
        app.UseStatusCodePagesWithReExecute("/not-found", "?status={0}", createScopeForStatusCodePages: true);
        return app.Use((context, next) =>
        {
            if (!IsForPage(context) && context.Features.Get<IStatusCodePagesFeature>() is { } pages) pages.Enabled = false;
            return next(context);
        });
    }

    private static bool IsForPage(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method)
        && !context.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase)
        && !context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
        && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
}
