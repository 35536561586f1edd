using LuohuIOC.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LuohuIOC.Identity;

/// <summary>Who may do what: API tokens with roles for people and programs, secrets for gateways.</summary>
public static class IdentityFeature
{
    public static WebApplicationBuilder AddIdentity(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(s =>
        {
            var directory = IdentityFile.DataDirectoryOf(s.GetRequiredService<IConfiguration>());
            return s.GetService<PostgresDatabase>() is { } shared ? new IdentityDatabase(shared, directory) : new IdentityDatabase(directory);
        });
        services.AddSingleton(s => new CredentialFiles(IdentityFile.DataDirectoryOf(s.GetRequiredService<IConfiguration>()), HasBrokerOutside(s.GetRequiredService<IConfiguration>())));
        services.AddSingleton<TokenBook>();
        services.AddSingleton<GatewaySecrets>();
        services.AddSingleton<FailedAttempts>();
        services.AddSingleton<HubTickets>();
        services.AddHostedService<TokenUpkeep>();
        services.AddHostedService<IdentityWatch>();
        services.AddSingleton<GatewayEnrolment>();
        services.AddHostedService(s => s.GetRequiredService<GatewayEnrolment>());
        services.AddHealthChecks().AddCheck<GatewayEnrolment>("identity");
        services.AddAuthentication(BearerHandler.SchemeName).AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerHandler.SchemeName, null);
        services.AddAuthorization(Roles.AddPolicies);
        // The handler's own lines say less than the request log's and double it.
        builder.Logging.AddFilter(typeof(BearerHandler).FullName, LogLevel.Warning);
        return builder;
    }

    /// <summary>Call right after <c>MapHttp</c>: everything mapped later stands behind authentication.</summary>
    public static WebApplication MapIdentity(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapTokens();
        app.MapGateways();
        return app;
    }

    private static bool HasBrokerOutside(IConfiguration configuration) =>
        configuration["Mqtt:Outside:Url"] is { Length: > 0 } || configuration["Mqtt:External"] is { Length: > 0 };
}
