using System.ComponentModel.DataAnnotations;

namespace LuohuIOC.Ingestion.Sparkplug;

/// <summary>Section <c>Sparkplug</c>.</summary>
public sealed class SparkplugOptions
{
    /// <summary>
    /// Under which nodes look for their primary host, <c>spBv1.0/STATE/{HostId}</c>; one for all hosts of a site, of which the one that takes Sparkplug speaks.
    /// Default <c>luohu-ioc</c>.
    /// </summary>
    [Required, RegularExpression("[^/+#]+")]
    public string HostId { get; set; } = "luohu-ioc";
}
