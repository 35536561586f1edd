using LuohuIOC.Http;
using LuohuIOC.Storage;

namespace LuohuIOC.Sensing.Rules;

/// <summary>Rules as data: the book that sensing reads, and its endpoints.</summary>
public static class RulesFeature
{
    /// <summary>Registers <see cref="RuleBook"/> over <c>rules.db</c> in <c>DataDirectory</c>, or over the database of several hosts.</summary>
    public static IServiceCollection AddRules(this IServiceCollection services)
    {
        services.AddSingleton(provider =>
        {
            var clock = provider.GetService<TimeProvider>() ?? TimeProvider.System;
            return provider.GetService<PostgresDatabase>() is { } shared
                ? new RuleBook(shared, clock)
                : new RuleBook(Path.Combine(provider.GetRequiredService<IConfiguration>()["DataDirectory"] ?? "./data", "rules.db"), clock);
        });
        return services;
    }

    /// <summary>
    /// <c>GET /api/v1/rules</c> defaults by kind; <c>GET /api/v1/sensors/{id}/rules</c> what is in force with its origin;
    /// <c>…/rules/history</c> every version; <c>PUT</c> and <c>DELETE …/rules/{rule}</c> for administrators.
    /// </summary>
    public static IEndpointRouteBuilder MapRules(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/v1").WithTags("rules");
        api.MapGet("/rules", RuleEndpoints.Defaults).RequireAuthorization("viewer").Gives<RuleList<DefaultsView>>();
        api.MapGet("/sensors/{id}/rules", RuleEndpoints.InForce).RequireAuthorization("viewer").Gives<RuleList<RuleView>>();
        api.MapGet("/sensors/{id}/rules/history", RuleEndpoints.History).RequireAuthorization("viewer").Gives<RuleList<VersionView>>();
        api.MapPut("/sensors/{id}/rules/{rule}", RuleEndpoints.Put).RequireAuthorization("administrator")
            .Takes<Rule>().Gives<RuleView>().Heeds("If-Match").ProducesProblem(400).ProducesProblem(404).ProducesProblem(412).ProducesProblem(422);
        api.MapDelete("/sensors/{id}/rules/{rule}", RuleEndpoints.Delete).RequireAuthorization("administrator")
            .Produces(204).Heeds("If-Match").ProducesProblem(400).ProducesProblem(404).ProducesProblem(412);
        return app;
    }
}
