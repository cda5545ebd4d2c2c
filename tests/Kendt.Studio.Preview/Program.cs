// Studio with made-up data and without sign-in, for looking at pages and taking pictures of them:
//   dotnet run --project tests/Kendt.Studio.Preview -- --urls http://127.0.0.1:5090
// `--empty true` shows a workspace with nothing in it.
using Kendt.Studio;
using Kendt.Studio.Preview;
using Microsoft.AspNetCore.Authentication;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseStaticWebAssets();
builder.Services.AddKendtStudio();
builder.Services.AddDesignData(args.Contains("--empty", StringComparer.Ordinal));
builder.Services.AddAuthentication(Somebody.SchemeName).AddScheme<AuthenticationSchemeOptions, Somebody>(Somebody.SchemeName, null);
builder.Services.AddAuthorization();

var app = builder.Build();
app.UseExceptionHandler("/error");
app.UseKendtStudio();
app.UseAuthentication();
app.UseAuthorization();
app.UseAntiforgery();
app.MapStaticAssets();
app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
app.Run();
