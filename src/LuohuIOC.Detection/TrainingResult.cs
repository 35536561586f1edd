namespace LuohuIOC.Detection;

/// <summary>Why a history cannot train a model yet.</summary>
public enum ShortageReason
{
    /// <summary>Fewer readings than <see cref="PcaOptions.ReadingsMin"/>.</summary>
    Readings,

    /// <summary>Less time, in hours, than <see cref="PcaOptions.SpanMin"/>.</summary>
    Hours,

    /// <summary>No metric is there often enough and ever changes.</summary>
    LiveMetrics,

    /// <summary>Too few whole windows: readings come too irregularly or lack metrics too often.</summary>
    Windows,
}

/// <summary>What is missing before a model can be trained.</summary>
/// <param name="Reason">Which demand is not met.</param>
/// <param name="Have">What there is, in the reason's unit.</param>
/// <param name="Need">What is needed, in the same unit.</param>
/// <param name="LeftOut">Readings that there were and that must not teach.</param>
public sealed record TrainingShortage(ShortageReason Reason, double Have, double Need, int LeftOut = 0);

/// <summary>Either a model or what it lacks.</summary>
public sealed record TrainingResult(PcaModel? Model, TrainingShortage? Shortage);
