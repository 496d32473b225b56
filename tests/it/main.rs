mod flavours;
mod layout;
mod meet;
mod support;
mod threads;
