namespace LuohuIOC.Detection.Health;

/// <summary>What is wrong with a sensor whose neighbours disagree with it. Stored: append, never renumber.</summary>
public enum SensorFault : byte
{
    None = 0,

    /// <summary>Creeps away from what it should read.</summary>
    Drift = 1,

    /// <summary>Reads too much or too little by a constant since a step or a pause, as after a wrong calibration.</summary>
    Bias = 2,

    /// <summary>Stays as it is while its neighbours rise or fall.</summary>
    Deaf = 3,
}
