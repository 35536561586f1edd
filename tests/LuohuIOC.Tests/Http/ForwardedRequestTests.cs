using System.Net;
using LuohuIOC.History.Queries;
using LuohuIOC.Http;
using LuohuIOC.Identity;
using LuohuIOC.SensorThings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LuohuIOC.Tests.Http;

/// <summary>Behind a proxy that ends TLS: what the host says of its own address.</summary>
public sealed class ForwardedRequestTests
{
    [Theory]
    [InlineData("127.0.0.1", "https")]
    [InlineData("::1", "https")]
    [InlineData("10.1.2.3", "https")]
    [InlineData("::ffff:10.2.99.1", "https")]
    [InlineData("10.1.2.4", "http")]
    [InlineData("203.0.113.9", "http")]
    public async Task Links_have_the_scheme_that_a_known_proxy_was_asked_by_and_a_strangers_header_counts_for_nothing(string from, string scheme)
    {
        await using var host = await WebHost.StartAsync(["--Http:Proxies=10.1.2.3, 10.2.0.0/16"], builder => builder.Services
            .AddSingleton<IStartupFilter>(new CameFrom(IPAddress.Parse(from)))
            .AddSingleton<IReadingQueries>(_ => throw new InvalidOperationException("The list of collections asks no history.")), app => app.MapSensorThings());
        using var client = host.ClientAs(Role.Viewer);
        client.Headers.Host = "city.example:8443";
        client.Headers.Add("X-Forwarded-Proto", "https");
        client.Headers.Add("X-Forwarded-For", "198.51.100.7");
        var answer = await ApiClient.JsonOf(await client.Get("/sta/v1.1"));
        Assert.Equal($"{scheme}://city.example:8443/sta/v1.1/Things", answer.GetProperty("value")[0].GetProperty("url").GetString());
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("10.1.2.3,fd00::/8", true)]
    [InlineData("nginx", false)]
    [InlineData("10.1.2.3/33", false)]
    public void Proxies_are_addresses_or_networks(string proxies, bool valid) =>
        Assert.Equal(valid, !new HttpOptions { Proxies = proxies }.Validate(new(new object())).Any());

    private sealed class CameFrom(IPAddress address) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (context, rest) =>
            {
                context.Connection.RemoteIpAddress = address;
                await rest(context);
            });
            next(app);
        };
    }
}
